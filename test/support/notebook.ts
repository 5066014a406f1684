type Cell = { readonly source: string; readonly kernel?: 'python3' | 'ir' };

/** The text of a notebook with one cell of code that was not run yet. */
export const makeNotebook = ({ source, kernel = 'python3' }: Cell): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [], source }],
    metadata: kernel === 'ir' ? { kernelspec: { name: 'ir', display_name: 'R', language: 'R' } } : {},
    nbformat: 4,
    nbformat_minor: 5,
  });
