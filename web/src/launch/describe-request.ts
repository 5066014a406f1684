import { parseLaunchAddress } from '../address/parse-launch-address.ts';
import { decodeText } from '../address/repository-address.ts';

/** A launch as it is named to people. */
export type RequestDescription = {
  readonly title: string;
  readonly ref?: string;
  /** The file or the address inside of the session that will be opened. */
  readonly opens?: string;
};

/** Names the repository and the ref of a launch page's address; a spec that cannot be read is shown as it is. */
export const describeRequest = (provider: string, spec: string, search: string): RequestDescription => {
  const reading = parseLaunchAddress(`/v2/${provider}/${spec}${search}`);
  if (!reading.ok) return { title: decodeText(spec) };
  const { repo, ref, path } = reading.address;
  return {
    title: repo.replace(/^https?:\/\//, '').replace(/\.git$/, ''),
    ...(ref !== undefined && { ref }),
    ...(path && { opens: path.value }),
  };
};
