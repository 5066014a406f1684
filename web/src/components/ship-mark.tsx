/** The mark: a ship on its way down the slip into the water. Decorative, since the name stands beside it. */
export const ShipMark = () => (
  <svg class="ship-mark" viewBox="0 0 32 32" width="34" height="34" aria-hidden="true" focusable="false">
    <rect class="ship-mark-ground" width="32" height="32" rx="7.5" />
    <path class="ship-mark-slip" d="M4 13.2 27 22.6" />
    <g transform="rotate(22.2 15 12)">
      <path class="ship-mark-cabin" d="M9.5 10.5V6.5H14.5V8.5H18V10.5Z" />
      <path class="ship-mark-hull" d="M5.5 10.5H26L22.6 15.6H7.8Z" />
    </g>
    <path class="ship-mark-water" d="M4 26q3-2.8 6 0t6 0 6 0 6 0" />
  </svg>
);
