import { fileURLToPath } from "node:url";

/** `recipes/`, one folder above this file and above the bundle alike. */
export const recipesFolder: string = fileURLToPath(new URL("../recipes/", import.meta.url));
