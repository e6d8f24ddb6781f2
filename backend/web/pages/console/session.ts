// First of all: whose session the console's calls are made in.
import { useSession } from "@/kit/session";

useSession("console");
