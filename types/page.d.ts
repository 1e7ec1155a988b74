/** The chart's library stands before the page's own script. */
declare const uPlot: typeof import('uplot')
