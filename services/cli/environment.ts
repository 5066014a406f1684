/** The environment of this process: the one place that reads it; everything else is handed what it needs. */
export const environment: Readonly<NodeJS.ProcessEnv> = { ...process.env };
