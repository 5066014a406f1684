import { LABELS } from '../../contracts/labels.ts';
import type { SessionLimits } from '../../contracts/policy.ts';
import type { SessionSpec } from '../../contracts/session.ts';

/** The value of LABELS.kind on the container of a session. */
export const SESSION_KIND = 'session';

/** The record of a session, as labels of its container. */
export const renderSessionLabels = (spec: SessionSpec, instance: string): Record<string, string> => ({
  [LABELS.instance]: instance,
  [LABELS.kind]: SESSION_KIND,
  [LABELS.sessionId]: spec.id,
  [LABELS.launchId]: spec.launchId,
  [LABELS.canonical]: spec.canonical,
  [LABELS.repoUrl]: spec.repoUrl,
  [LABELS.refUrl]: spec.refUrl,
  [LABELS.request]: spec.request,
  [LABELS.persistentRequest]: spec.persistentRequest,
  ...(spec.client === undefined ? {} : { [LABELS.client]: spec.client }),
  ...(spec.limits === undefined ? {} : { [LABELS.limits]: JSON.stringify(spec.limits) }),
  ...(spec.launchHost === undefined ? {} : { [LABELS.launchHost]: spec.launchHost }),
});

/** Reads the record back; `image` is the one thing that the engine itself remembers. */
export const parseSessionLabels = (labels: Readonly<Record<string, string>>, image: string): SessionSpec => {
  const { [LABELS.launchHost]: launchHost, [LABELS.client]: client, [LABELS.limits]: limits } = labels;
  return {
    id: labels[LABELS.sessionId] ?? '',
    launchId: labels[LABELS.launchId] ?? '',
    image,
    canonical: labels[LABELS.canonical] ?? '',
    repoUrl: labels[LABELS.repoUrl] ?? '',
    refUrl: labels[LABELS.refUrl] ?? '',
    request: labels[LABELS.request] ?? '',
    persistentRequest: labels[LABELS.persistentRequest] ?? '',
    ...(client === undefined ? {} : { client }),
    ...(limits === undefined ? {} : { limits: JSON.parse(limits) as SessionLimits }),
    ...(launchHost === undefined ? {} : { launchHost }),
  };
};
