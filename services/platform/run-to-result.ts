/** Runs a generator to its end for the sake of its result; what it says on the way is of no interest. */
export const runToResult = async <Result>(running: AsyncGenerator<unknown, Result>): Promise<Result> => {
  let next = await running.next();
  while (next.done !== true) next = await running.next();
  return next.value;
};
