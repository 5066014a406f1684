import { posix } from 'node:path';

/** Whether a symbolic link at `name` that points to `target` stays inside of the directory that both are in. */
export const isLinkInside = (name: string, target: string): boolean => {
  if (target === '' || posix.isAbsolute(target)) return false;
  const resolved = posix.normalize(posix.join(posix.dirname(name), target));
  return resolved !== '..' && !resolved.startsWith('../');
};
