// The price lists of a district; one that never published any has none.
import { catalogueListPriceLists, type PriceListHeadOut } from "@/api";
import { ask, Refusal } from "@/kit/client";

export async function publishedIn(district: string): Promise<PriceListHeadOut[]> {
  return (await pageOf(district)).items;
}

export async function pageOf(district: string, cursor?: string) {
  try {
    return await ask(catalogueListPriceLists({ path: { district }, query: { cursor, limit: 20 } }));
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return { items: [], next_cursor: null };
    throw error;
  }
}
