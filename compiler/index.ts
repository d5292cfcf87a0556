export { type CheckedProgram, checkProgram } from "./check-program.ts";
