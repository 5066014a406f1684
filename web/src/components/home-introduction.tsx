import { SlipwayScene } from './slipway-scene.tsx';

/** What Slipway is, in two sentences. */
export const HomeIntroduction = () => (
  <section class="introduction">
    <h1>Open any repository, ready to run</h1>
    <p>
      Slipway reads a public repository, builds the environment it asks for, and opens it in your browser with
      JupyterLab or the tool the link names. Nobody has to install anything, and a badge in your README is all that your
      readers need.
    </p>
    <SlipwayScene at="start" tone="working" />
  </section>
);
