/**
 * Labels are the record: what runs and what was built is read back from them, never from a table.
 * All of ours share one prefix so that an operator can list them with one filter.
 */
export const LABELS = {
  /** The installation that owns a container, network or image: one per data directory. */
  instance: 'slipway.instance',
  /** What the object is: session, base, environment or commit. */
  kind: 'slipway.kind',
  /** What the names of an installation's images begin with; installations that have it in common share their images. */
  imagePrefix: 'slipway.image-prefix',
  sessionId: 'slipway.session',
  launchId: 'slipway.launch',
  canonical: 'slipway.repository',
  commit: 'slipway.commit',
  repoUrl: 'slipway.repo-url',
  refUrl: 'slipway.ref-url',
  request: 'slipway.request',
  persistentRequest: 'slipway.persistent-request',
  launchHost: 'slipway.launch-host',
  /** Who started the session: a keyed hash, never an address. */
  client: 'slipway.client',
  /** What the session may use beyond or below the settings, as JSON. */
  limits: 'slipway.limits',
  /** On a container that was started for nobody yet. */
  warm: 'slipway.warm',
  /** When such a one was given to somebody: milliseconds since 1970. */
  claimedAt: 'slipway.claimed-at',
  /** On a commit's image: that of its environment, in which sessions may wait to which the content is added later. */
  waitsIn: 'slipway.waits-in',
  /** On the record of a claim: the image that was launched. */
  image: 'slipway.image',
  environmentKey: 'slipway.environment-key',
  /** The build plan as JSON. */
  plan: 'slipway.plan',
  recipe: 'slipway.recipe',
  /** Identity of a base image: the hash of all that went into it. */
  baseKey: 'slipway.base-key',
  python: 'slipway.python',
  /** Hash of the lock of what is installed, /srv/slipway/lock.json. */
  lock: 'slipway.lock',
  /** Hash of what the repository asks to be installed, before branches and addresses are resolved. */
  wish: 'slipway.wish',
  /** Hash of what environments have in common that may start from each other. */
  family: 'slipway.family',
  /** The Python packages that an environment was asked for, as JSON. */
  requirements: 'slipway.requirements',
  /** How many environments are below one, which it started from. */
  depth: 'slipway.depth',
} as const;
