import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { asEvents } from './build-events.ts';
import type { Build, Stage } from './build.ts';

/** Downloads the commit into a directory. */
export const fetchContent = ({ request, parts, signal }: Build, into: string): Stage<FetchedContent> =>
  asEvents(parts.fetcher.fetch(request, into, signal), 'fetching', parts.clock);
