import { ref } from "vue";
import { Refusal } from "@/kit/client";
import { useDoing } from "@/kit/doing";

/** Do what may take a fresh proof: where it does, the dialog is opened, and `again` goes on after it. */
export function useProven<Facts extends unknown[], T>(act: (key: string, ...facts: Facts) => Promise<T>) {
  const asked = ref(false);
  let last: Facts;
  const doing = useDoing(async (key: string, ...facts: Facts) => {
    last = facts;
    try {
      return await act(key, ...facts);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "proof_needed") throw error;
      asked.value = true;
      return undefined;
    }
  });
  return { ...doing, asked, again: () => doing.run(...last) };
}
