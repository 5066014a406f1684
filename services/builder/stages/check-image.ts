import { BASE_IMAGE } from '../dockerfile/image-layout.ts';
import type { ImageFacts } from '../image/image-store.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

const SERVERS = ['jupyter-lab', 'jupyter-notebook'];
const SESSION_USERS = ['1000', 'jovyan'];

const describeUser = (user: string): readonly string[] => {
  const [name = ''] = user.split(':');
  if (SESSION_USERS.includes(name)) return [];
  const who = name === '' || name === '0' || name === 'root' ? 'root' : `the user ${name}`;
  return [`the image runs as ${who}, sessions as user id 1000: what they are to write must belong to it`];
};

const describeEntrypoint = (entrypoint: readonly string[]): readonly string[] =>
  entrypoint.length === 0 || entrypoint[0] === BASE_IMAGE.entrypoint
    ? []
    : [`its ENTRYPOINT (${entrypoint.join(' ').slice(0, 200)}) gets the command of a session and must run it`];

/** Port and CMD need no look: a session brings its own. */
const describeFacts = ({ user, entrypoint, programs }: ImageFacts): readonly string[] => [
  ...describeUser(user),
  ...describeEntrypoint(entrypoint),
  ...(programs.length > 0 ? [] : [`neither ${SERVERS.join(' nor ')} is on its PATH: no session of it can start`]),
];

/** Says what in the image of a repository's own Dockerfile would keep a session from working. It is built all the same. */
export const checkImage = async function* ({ request, parts, signal }: Build): Stage<void> {
  const facts = await parts.images.readFacts(request.imageName, SERVERS, signal);
  for (const problem of describeFacts(facts))
    yield makeLine('building', `Look at the Dockerfile: ${problem}`, parts.clock);
};
