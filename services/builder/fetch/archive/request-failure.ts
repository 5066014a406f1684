import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { toHostError } from '../fetch-failure.ts';

/** What a request means that got no answer: a refused host, or FETCH_FAILED by `who`. */
export const toRequestError = (thrown: unknown, who: string): SlipwayError => {
  const known = toHostError(thrown);
  return known instanceof SlipwayError
    ? known
    : new SlipwayError('FETCH_FAILED', { message: `${who} did not answer.`, cause: thrown });
};
