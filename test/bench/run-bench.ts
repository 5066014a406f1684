import { parseArgs } from 'node:util';
import { judge, renderTable, type Measure } from './measures.ts';

/** The command line of a bench whose runs have one figure for each measure: --runs N, --json. */
export const runBench = async (measure: (runs: number) => Promise<readonly Measure[]>): Promise<void> => {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, json: { type: 'boolean' } } });
  const measures = await measure(Number(values.runs));
  const verdicts = measures.map(judge);
  if (values.json === true)
    process.stdout.write(`${JSON.stringify({ runs: Number(values.runs), verdicts, measures }, null, 2)}\n`);
  else process.stdout.write(`${renderTable(verdicts)}\n(medians of ${values.runs} runs)\n`);
};
