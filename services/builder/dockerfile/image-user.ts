import { BASE_IMAGE, RECORD } from './image-layout.ts';
import { renderRun } from './run-instruction.ts';
import { markStep } from './step-kind.ts';

/** Whom an image runs as, and where the content of its repository is; nothing of it needs to be quoted. */
export type ImageUser = { readonly uid: number; readonly name: string; readonly repoDir: string };

/** The user of the base, whom all images have that share their environment with others as it is. */
export const BASE_USER: ImageUser = { uid: 1000, name: BASE_IMAGE.user, repoDir: BASE_IMAGE.repoDir };

const homeOf = ({ name }: ImageUser): string => `/home/${name}`;

export const isBaseUser = (user: ImageUser): boolean =>
  user.uid === BASE_USER.uid && user.name === BASE_USER.name && user.repoDir === BASE_USER.repoDir;

/** `--chown` of what the user owns; the group is that of everything that is installed. */
export const ownerOf = ({ uid }: ImageUser): string => `${uid}:0`;

/** Another user id owns nothing that is installed but its record, and so has the group that may change the rest. */
const changeUser = ({ uid, name }: ImageUser): readonly string[] => {
  const renamed = name === BASE_USER.name ? [] : [`--login ${name} --home /home/${name} --move-home`];
  const renumbered = uid === BASE_USER.uid ? [] : [`--non-unique --uid ${uid} --gid 0`];
  const changes = [...renamed, ...renumbered];
  return [
    ...(changes.length === 0 ? [] : [`usermod ${changes.join(' ')} ${BASE_USER.name}`]),
    ...(uid === BASE_USER.uid ? [] : [`chown -R ${uid}:0 ${RECORD.directory}`]),
  ];
};

const makeDirectory = (user: ImageUser): readonly string[] =>
  user.repoDir === homeOf(user) ? [] : [`install -d -o ${user.uid} -g 0 -m 775 ${user.repoDir}`];

/**
 * Instructions that make the user of the base another one, for one image alone: its environment stays the shared one,
 * which the new user may change through the root group. Home directories hold next to nothing at this point.
 */
export const renderUser = (user: ImageUser): readonly string[] => {
  if (isBaseUser(user)) return [`USER ${BASE_IMAGE.user}`];
  const home = homeOf(user);
  const variables = { NB_USER: user.name, USER: user.name, NB_UID: user.uid, HOME: home, REPO_DIR: user.repoDir };
  return [
    'USER root',
    renderRun([], [markStep('user'), ...changeUser(user), ...makeDirectory(user)]),
    ...Object.entries(variables).map(([name, value]) => `ENV ${name}=${value}`),
    ...(user.name === BASE_USER.name ? [] : [`ENV PATH=${home}/.local/bin:$PATH`]),
    `USER ${user.name}`,
    `WORKDIR ${user.repoDir}`,
  ];
};
