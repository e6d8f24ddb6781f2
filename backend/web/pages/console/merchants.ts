// The merchants of the city, whether or not one of them has an offer now.
import { rewardsListMerchants, type MerchantOut } from "@/api";
import { ask } from "@/kit/client";
import { everyPage } from "@/kit/doing";

export const allMerchants = (): Promise<MerchantOut[]> => everyPage((cursor) => ask(rewardsListMerchants({ query: { cursor, limit: 100 } })));
