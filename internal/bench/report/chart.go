package main

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// contender is a peer that most rows have, and so is in the chart.
type contender struct {
	name  string
	label string
	color color.Color
	shape draw.GlyphDrawer
}

// contenders have colours that colour-blind eyes tell apart, too, and shapes.
func contenders() []contender {
	return []contender{
		{"miniredis-tcp", "miniredis over TCP", color.RGBA{R: 0xd5, G: 0x5e, A: 0xff}, draw.CircleGlyph{}},
		{"miniredis-dial", "miniredis, in memory", color.RGBA{R: 0xe6, G: 0x9f, A: 0xff}, draw.TriangleGlyph{}},
		{"redis-server-tcp", "redis-server over TCP", color.RGBA{G: 0x72, B: 0xb2, A: 0xff}, draw.BoxGlyph{}},
		{"redis-server-unix", "redis-server over a unix socket", color.RGBA{R: 0x56, G: 0xb4, B: 0xe9, A: 0xff}, draw.PyramidGlyph{}},
		{"null-connection", "go-redis with no server at all", color.Gray{Y: 0x80}, draw.PlusGlyph{}},
	}
}

const (
	width      = 24 * vg.Centimeter
	rowHeight  = 1.3 * vg.Centimeter
	margin     = 2 * vg.Millimeter
	legendRows = 2    // how many rows the legend takes, above all others
	spacing    = 0.17 // from one contender to the next in a row, of which it is a part
)

// points are the medians of a contender, and how far the lowest and the highest ratios are from them.
type points struct {
	plotter.XYs
	plotter.XErrors
}

// chart draws the rows in which redistest runs against a contender: the median, and a line from the lowest to the highest.
func chart(found results, path string) error {
	charted := chartedRows(found)
	if len(charted) == 0 {
		return fmt.Errorf("draw %s: no row has a peer to be drawn", path)
	}
	p := plot.New()
	p.Title.Text = "How many times as long as redistest (median, lowest to highest; right of 1 is slower)"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.TickerFunc(ratioTicks)
	p.X.Padding, p.Y.Padding = vg.Millimeter, vg.Millimeter
	labels := make([]string, len(charted))
	for i, r := range charted {
		labels[i] = r.benchmark
		if r.part != "" {
			labels[i] += "/" + r.part
		}
	}
	p.NominalY(labels...)
	inSansSerif(p)
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	p.Add(grid)
	for i, c := range contenders() {
		if err := addContender(p, c, charted, float64(len(contenders())/2-i)*spacing); err != nil {
			return fmt.Errorf("draw %s: %w", path, err)
		}
	}
	p.Y.Min, p.Y.Max = -0.5, float64(len(charted)-1)+0.5
	redistest, err := plotter.NewLine(plotter.XYs{{X: 1, Y: p.Y.Min}, {X: 1, Y: p.Y.Max}})
	if err != nil {
		return fmt.Errorf("draw %s: %w", path, err)
	}
	p.Add(redistest)
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Millimeter
	p.Y.Max += legendRows
	height := vg.Length(len(charted)+legendRows)*rowHeight + 2*vg.Centimeter
	if err := save(p, height, path); err != nil {
		return fmt.Errorf("draw %s: %w", path, err)
	}
	return nil
}

// save draws a plot with a margin, without which labels would touch the edges.
func save(p *plot.Plot, height vg.Length, path string) error {
	picture := vgsvg.New(width, height)
	canvas := draw.New(picture)
	canvas.SetColor(p.BackgroundColor)
	canvas.Fill(canvas.Path())
	p.Draw(draw.Crop(canvas, margin, -margin, margin, -margin))
	var file bytes.Buffer
	if _, err := picture.WriteTo(&file); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644) //nolint:gosec // to be read by all
}

// chartedRows are in the order of the chart, from the bottom up.
func chartedRows(found results) []row {
	names := contenders()
	var charted []row
	for _, r := range found.rows {
		against := func(m metric) bool {
			peer, _ := m.peer()
			return slices.ContainsFunc(names, func(c contender) bool { return c.name == peer })
		}
		ours := func(m metric) bool { return m.unit == "ns/redistest" }
		if slices.ContainsFunc(r.metrics, ours) && slices.ContainsFunc(r.metrics, against) {
			charted = append(charted, r)
		}
	}
	slices.Reverse(charted)
	return charted
}

// addContender draws one contender in all rows, so far above the middle of each.
func addContender(p *plot.Plot, c contender, charted []row, above float64) error {
	var of points
	for y, r := range charted {
		for _, m := range r.metrics {
			if peer, _ := m.peer(); peer != c.name || m.value <= 0 {
				continue
			}
			low, high := m.value, m.value
			if m.hasSpread() && m.low > 0 {
				low, high = m.low, m.high
			}
			of.XYs = append(of.XYs, plotter.XY{X: m.value, Y: float64(y) + above})
			of.XErrors = append(of.XErrors, struct{ Low, High float64 }{m.value - low, high - m.value})
		}
	}
	if len(of.XYs) == 0 {
		return nil
	}
	spreads, err := plotter.NewXErrorBars(of)
	if err != nil {
		return err
	}
	medians, err := plotter.NewScatter(of)
	if err != nil {
		return err
	}
	spreads.Color, spreads.Width = c.color, vg.Points(1)
	medians.GlyphStyle = draw.GlyphStyle{Color: c.color, Radius: vg.Points(3.5), Shape: c.shape}
	p.Add(spreads, medians)
	p.Legend.Add(c.label, medians)
	return nil
}

// ratioTicks are at 1, 2, 5, 10 and so on, below 1 as well.
func ratioTicks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for _, at := range []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000} {
		if low <= at && at <= high {
			ticks = append(ticks, plot.Tick{Value: at, Label: strconv.FormatFloat(at, 'g', -1, 64) + "x"})
		}
	}
	return ticks
}

func inSansSerif(p *plot.Plot) {
	const letters = font.Variant("Sans")
	styles := []*font.Font{
		&p.Title.TextStyle.Font, &p.Legend.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font,
	}
	for _, style := range styles {
		style.Variant = letters
	}
}
