const PUBLIC_INDEX = /^https:\/\/pypi\.[a-z.]+\/simple\/?$/;

/**
 * Whether an address is that of the public Python index. Tools write it into lock files as the place where they looked;
 * it means the index that installers use by themselves, which a server may have replaced by a mirror.
 */
export const isPublicIndex = (address: string): boolean => PUBLIC_INDEX.test(address);
