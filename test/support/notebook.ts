type Cell = { readonly source: string; readonly kernel?: keyof typeof KERNELS };

const KERNELS = {
  python3: { name: 'python3', display_name: 'Python 3', language: 'python' },
  ir: { name: 'ir', display_name: 'R', language: 'R' },
} as const;

/** The text of a notebook with one cell of code that was not run yet. */
export const makeNotebook = ({ source, kernel = 'python3' }: Cell): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [], source }],
    metadata: { kernelspec: KERNELS[kernel] },
    nbformat: 4,
    nbformat_minor: 5,
  });
