import type { SessionRequest } from '../sessions/session-service.ts';

/** What a waiting session is started for; limits of its own it gets from the launch that claims it. */
export type WarmRequest = Omit<SessionRequest, 'launchId' | 'client' | 'limits'>;

/** What is the same for everybody who launches it. */
export const readWarmRequest = (request: SessionRequest): WarmRequest => {
  const { image, canonical, repoUrl, refUrl, request: link, persistentRequest, launchHost } = request;
  const known = { image, canonical, repoUrl, refUrl, request: link, persistentRequest };
  return { ...known, ...(launchHost === undefined ? {} : { launchHost }) };
};

/**
 * The same for a session that waits in `place`. In the image of an environment it is for whatever repository comes, so
 * it is told of none; for admission it stands beside the repository that it was first wanted for.
 */
export const makePlacedRequest = (request: WarmRequest, place: string): WarmRequest =>
  place === request.image
    ? request
    : { image: place, canonical: request.canonical, repoUrl: '', refUrl: '', request: '', persistentRequest: '' };

/** Whether a session of this request waits without content. */
export const isPlaced = ({ request }: WarmRequest): boolean => request === '';
