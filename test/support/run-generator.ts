/** Runs an async generator to its end: everything it yielded, and what it returned. */
export const runGenerator = async <Item, Result>(
  generator: AsyncGenerator<Item, Result>,
): Promise<{ readonly items: Item[]; readonly result: Result }> => {
  const items: Item[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done === true) return { items, result: next.value };
    items.push(next.value);
  }
};
