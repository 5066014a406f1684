/**
 * How logs name a launch: by the beginning of its id, enough to find it and too little to open its session, which
 * whoever has the whole id may do.
 */
export const makeLaunchLogName = (launchId: string): string => launchId.slice(0, 8);
