// Charts in our colours, drawn on a canvas: no element gets a style in words, which the policy forbids.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use, type ComposeOption, type EChartsType } from "echarts/core";
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export type Option = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption>;
export type Drawn = EChartsType;

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Draw a chart; what it shows stands beside it for who does not see it. */
export function draw(place: HTMLElement, option: Option): EChartsType {
  const chart = init(place);
  const text = { color: token("ink-soft"), fontFamily: token("sans"), fontSize: 12 };
  const tooltip = { backgroundColor: token("ink"), borderWidth: 0, textStyle: { ...text, color: token("card") } };
  chart.setOption({
    color: [token("green"), token("accent"), "#8f8570"],
    textStyle: text,
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    ...option,
    legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, textStyle: { ...text, color: token("ink") }, ...option.legend },
    tooltip: { renderMode: "richText", confine: true, ...tooltip, ...option.tooltip },
  });
  return chart;
}
