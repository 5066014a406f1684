import { useBundledLibraries } from './bundled-libraries.ts';

// What is loaded from here on finds the bundles; an import at the top would be loaded before.
useBundledLibraries();
const { runCommandLine } = await import('./run-command-line.ts');
await runCommandLine();
