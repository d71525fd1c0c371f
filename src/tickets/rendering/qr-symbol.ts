/** ISO/IEC 18004: level Q restores a quarter of the symbol, and four modules around it stay free. */
export const QR_SYMBOL = { errorCorrectionLevel: 'Q', margin: 4 } as const;
