import type { ImageBuildMessage, ImageBuildOutcome } from './image-builder.ts';

/** A shorter value is a version or a switch; hiding it would only garble the log. */
const LEAST_LENGTH = 6;

/** Gives a function that takes values, such as those of build arguments, out of a text. */
export const createValueHider = (values: readonly string[]): ((text: string) => string) => {
  const hidden = values.filter((value) => value.length >= LEAST_LENGTH).sort((a, b) => b.length - a.length);
  return (text) => hidden.reduce((shown, value) => shown.replaceAll(value, '***'), text);
};

/** A message without the values: the engine writes them into the names of steps and commands print them. */
export const hideInMessage = (message: ImageBuildMessage, hide: (text: string) => string): ImageBuildMessage =>
  message.kind === 'line'
    ? { ...message, text: hide(message.text), step: hide(message.step) }
    : { ...message, step: { ...message.step, name: hide(message.step.name) } };

/** The same for how a build ended. */
export const hideInOutcome = (outcome: ImageBuildOutcome, hide: (text: string) => string): ImageBuildOutcome =>
  outcome.ok
    ? outcome
    : {
        ok: false,
        failedStep: hide(outcome.failedStep),
        lastLines: outcome.lastLines.map(hide),
        message: hide(outcome.message),
      };
