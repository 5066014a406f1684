import { BASE_USER, type ImageUser } from '../builder/dockerfile/image-user.ts';
import type { ImageOptions } from './image-options.ts';
import { makeUsageError } from './parse-pairs.ts';

const MAX_UID = 2 ** 32 - 2;

const readUid = (text: string): number => {
  const uid = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (uid > 0 && uid <= MAX_UID) return uid;
  throw makeUsageError(
    `--user-id ${text} is not the number of a user.`,
    'Give a number above 0: images do not run as root.',
  );
};

const readName = (text: string): string => {
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(text) && text !== 'root') return text;
  throw makeUsageError(
    `--user-name ${text} is not the name of a user.`,
    'Use lower-case letters, digits, _ and -, at most 32, and not root.',
  );
};

/** Nothing else is safe to write into instructions as it is. */
const readDirectory = (text: string): string => {
  const directory = text.replace(/(?<=.)\/+$/, '');
  const isPath = /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/.test(directory);
  if (isPath) return directory;
  throw makeUsageError(
    `--target-repo-dir ${text} is not a directory that content can be put in.`,
    'Give an absolute path of letters, digits, dots, dashes and underscores, such as /srv/repo.',
  );
};

/** Whom the image runs as and where its content is. Throws CONFIG_INVALID. */
export const readImageUser = ({ userId, userName, targetRepoDir }: ImageOptions): ImageUser => {
  const name = userName === undefined ? BASE_USER.name : readName(userName);
  return {
    uid: userId === undefined ? BASE_USER.uid : readUid(userId),
    name,
    repoDir: targetRepoDir === undefined ? `/home/${name}` : readDirectory(targetRepoDir),
  };
};
