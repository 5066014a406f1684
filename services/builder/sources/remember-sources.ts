import type { MovingSources } from './moving-sources.ts';

const remember = <Result>(ask: (key: string) => Promise<Result>): ((key: string) => Promise<Result>) => {
  const answers = new Map<string, Promise<Result>>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
};

/** The same sources for one build, which asks for each thing once and so gets one answer wherever it is named. */
export const rememberSources = (sources: MovingSources, signal: AbortSignal): MovingSources => {
  const commits = remember((key) => {
    const [repository = '', ref = ''] = key.split(' ');
    return sources.findCommit(new URL(repository), ref, signal);
  });
  const files = remember((address) => sources.readFile(new URL(address), signal));
  const versions = remember((address) => sources.findVersion(new URL(address), signal));
  return {
    findCommit: (repository, ref) => commits(`${repository.href} ${ref}`),
    readFile: ({ href }) => files(href),
    findVersion: ({ href }) => versions(href),
  };
};
