// The district's programmes by id, for everything that names one.
import { subsidyListProgrammes, type ProgrammeOut } from "@/api";
import { ask } from "@/kit/client";
import { useReading } from "@/kit/doing";
import { nameOf } from "@/kit/words";

export function useProgrammes() {
  const all = useReading(async () => (await ask(subsidyListProgrammes())).items);
  const find = (id: string): ProgrammeOut | undefined => all.data.value?.find((each) => each.id === id);
  const calls = (id: string): string => {
    const found = find(id);
    return found ? nameOf(found) : id.slice(0, 8);
  };
  return { all, calls };
}
