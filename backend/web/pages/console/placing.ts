// What can be put on the map: which state of it was seen, and how its position is sent.
import { networkPlaceCommunity, networkShowPlacedCommunity, outletsChange, outletsShow, type OutletIn, type OutletOut, type PositionIn, type PositionOut } from "@/api";
import { ask, askTagged } from "@/kit/client";
import { nameOf } from "@/kit/words";

export interface Target {
  id: string;
  name: string;
  at: PositionOut | null;
  put: (position: PositionIn | null) => Promise<unknown>;
}

export async function community(code: string): Promise<Target> {
  const path = { community_code: code };
  const { found, tag } = await askTagged(networkShowPlacedCommunity({ path }));
  const put = (position: PositionIn | null) => ask(networkPlaceCommunity({ path, headers: { "If-Match": tag }, body: { position } }));
  return { id: code, name: found.name_zh, at: found.position, put };
}

export async function outlet(id: string): Promise<Target> {
  const path = { outlet_id: id };
  const { found, tag } = await askTagged(outletsShow({ path }));
  const put = (position: PositionIn | null) => ask(outletsChange({ path, headers: { "If-Match": tag }, body: { ...saidOf(found), position } }));
  return { id, name: nameOf(found), at: found.position, put };
}

/** An outlet as it is sent. */
export const saidOf = ({ merchant, name_zh, name_en, address, hours, position }: OutletOut): OutletIn => ({ merchant: merchant?.id ?? null, name_zh, name_en, address, hours, position });
