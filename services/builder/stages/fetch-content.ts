import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { describeSurvey, surveyTree } from '../fetch/survey-tree.ts';
import { asEvents, makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

/** Downloads the commit into a directory, and says what is unusual in it. */
export const fetchContent = async function* ({ request, parts, signal }: Build, into: string): Stage<FetchedContent> {
  const content = yield* asEvents(parts.fetcher.fetch(request, into, signal), 'fetching', parts.clock);
  const notices = describeSurvey(await surveyTree(content.directory));
  for (const notice of notices) yield makeLine('fetching', notice, parts.clock);
  return content;
};
