/** What the process says to the shell. */
export const exit = {
  done: 0,
  wrongRecipe: 1,
  usage: 2,
  machine: 3,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];
