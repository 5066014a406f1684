import type { StageName } from '../launch/stages.ts';

type SlipwaySceneProps = { readonly at: StageName; readonly tone: 'working' | 'ready' | 'failed' };

const Ship = ({ at }: { readonly at: StageName }) => (
  <g class={`scene-ship scene-ship-${at}`}>
    <path class="scene-cabin" d="M-34-15V-28H-10V-22H4V-15Z" />
    <path class="scene-mast" d="M-22-28V-38" />
    <path class="scene-hull" d="M-46-15H50Q44-3 36 0H-36Q-44-4-46-15Z" />
    <path class="scene-line" d="M-42.5-6.5H43" />
  </g>
);

/** A ship that goes down the slip as the launch goes on. Decorative: the list of stages says the same. */
export const SlipwayScene = ({ at, tone }: SlipwaySceneProps) => (
  <svg class={`scene scene-${tone}`} viewBox="0 0 720 128" aria-hidden="true" focusable="false">
    <defs>
      <linearGradient id="sea" x1="0" y1="0" x2="0" y2="1">
        <stop class="scene-sea-top" offset="0.25" />
        <stop class="scene-sea-bottom" offset="1" />
      </linearGradient>
    </defs>
    <path class="scene-props" d="M60 42V106M150 55V106M240 68V106M330 80V106M420 93V106" />
    <path class="scene-slip" d="M10 34.5 486 102.5" />
    <Ship at={at} />
    <path
      class="scene-swell"
      fill="url(#sea)"
      d="M440 128V104q11.7-7 23.3 0t23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.3 0 23.7 0V128Z"
    />
  </svg>
);
