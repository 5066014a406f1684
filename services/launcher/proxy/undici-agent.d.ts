/** The only part of undici that the proxy needs: all of it is three times as many files, and keeps a tenth more memory. */
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
