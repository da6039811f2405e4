package conformance

import (
	"context"

	"github.com/onsi/gomega"
	"github.com/redis/go-redis/v9"
)

func geoSpecs(s *suite) {
	palermo := &redis.GeoLocation{Name: "Palermo", Longitude: 13.361389, Latitude: 38.115556}
	catania := &redis.GeoLocation{Name: "Catania", Longitude: 15.087269, Latitude: 37.502669}
	rome := &redis.GeoLocation{Name: "Rome", Longitude: 12.496366, Latitude: 41.902782}
	fill := func(ctx context.Context, t *trial) string {
		returns(t, t.GeoAdd(ctx, t.key("g"), palermo, catania, rome), 3)
		return t.key("g")
	}
	near := gomega.BeNumerically
	s.it("GEOADD counts new places and moves known ones", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		returns(t, t.GeoAdd(ctx, g, &redis.GeoLocation{Name: "Rome", Longitude: 1, Latitude: 1}), 0)
		returns(t, t.ZCard(ctx, g), 3)
		returns(t, t.Type(ctx, g), "zset")
	})
	s.it("GEOADD NX, XX and CH work as those of ZADD", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		returns(t, t.Do(ctx, "GEOADD", g, "NX", 1, 1, "Rome"), any(int64(0)))
		returns(t, t.Do(ctx, "GEOADD", g, "XX", 1, 1, "Oslo"), any(int64(0)))
		returns(t, t.Do(ctx, "GEOADD", g, "CH", 1, 1, "Rome"), any(int64(1)))
	})
	s.it("GEOADD refuses what is not on the map", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "GEOADD", t.key("g"), 200, 100, "x"), "ERR invalid longitude,latitude pair 200.000000,100.000000")
	})
	s.it("GEOPOS returns places to within a metre, nil for missing ones", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		places, err := t.GeoPos(ctx, g, "Palermo", "Oslo").Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(places).To(gomega.HaveLen(2))
		t.Expect(places[0].Longitude).To(near("~", 13.361389, 1e-5))
		t.Expect(places[0].Latitude).To(near("~", 38.115556, 1e-5))
		t.Expect(places[1]).To(gomega.BeNil())
	})
	s.it("GEODIST measures in metres and other units, nil with a missing place", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		matches(t, t.GeoDist(ctx, g, "Palermo", "Catania", "m"), near("~", 166274.1516, 0.01))
		matches(t, t.GeoDist(ctx, g, "Palermo", "Catania", "km"), near("~", 166.2742, 0.001))
		matches(t, t.GeoDist(ctx, g, "Palermo", "Catania", "mi"), near("~", 103.3182, 0.001))
		t.misses(t.GeoDist(ctx, g, "Palermo", "Oslo", "m"))
	})
	s.it("GEODIST refuses other units", func(ctx context.Context, t *trial) {
		t.fails(t.Do(ctx, "GEODIST", fill(ctx, t), "Palermo", "Rome", "parsec"), "ERR unsupported unit provided. please use M, KM, FT, MI")
	})
	s.it("GEOHASH returns standard geohashes", func(ctx context.Context, t *trial) {
		returns(t, t.GeoHash(ctx, fill(ctx, t), "Palermo", "Catania"), []string{"sqc8b49rny0", "sqdtr74hyu0"})
	})
	s.it("GEOSEARCH finds places in a circle, sorted by distance", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		circle := redis.GeoSearchQuery{Longitude: 15, Latitude: 37, Radius: 200, RadiusUnit: "km", Sort: "ASC"}
		returns(t, t.GeoSearch(ctx, g, &circle), []string{"Catania", "Palermo"})
		circle.Sort, circle.Count = "DESC", 1
		returns(t, t.GeoSearch(ctx, g, &circle), []string{"Palermo"})
	})
	s.it("GEOSEARCH finds places in a box", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		box := redis.GeoSearchQuery{Longitude: 15, Latitude: 37, BoxWidth: 400, BoxHeight: 400, BoxUnit: "km", Sort: "ASC"}
		returns(t, t.GeoSearch(ctx, g, &box), []string{"Catania", "Palermo"})
	})
	s.it("GEOSEARCH FROMMEMBER starts at a place and tells distances", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		found, err := t.GeoSearchLocation(ctx, g, &redis.GeoSearchLocationQuery{
			GeoSearchQuery: redis.GeoSearchQuery{Member: "Palermo", Radius: 200, RadiusUnit: "km", Sort: "ASC"},
			WithDist:       true,
		}).Result()
		t.Expect(err).NotTo(gomega.HaveOccurred())
		t.Expect(found).To(gomega.HaveLen(2))
		t.Expect(found[0].Name).To(gomega.Equal("Palermo"))
		t.Expect(found[1].Name).To(gomega.Equal("Catania"))
		t.Expect(found[1].Dist).To(near("~", 166.2742, 0.001))
	})
	s.it("GEOSEARCHSTORE writes the places found", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		returns(t, t.GeoSearchStore(ctx, g, t.key("dest"), &redis.GeoSearchStoreQuery{
			GeoSearchQuery: redis.GeoSearchQuery{Longitude: 15, Latitude: 37, Radius: 200, RadiusUnit: "km"},
		}), 2)
		matches(t, t.ZRange(ctx, t.key("dest"), 0, -1), gomega.ConsistOf("Catania", "Palermo"))
	})
	s.it("GEORADIUS and GEORADIUSBYMEMBER find places around a point", func(ctx context.Context, t *trial) {
		g := fill(ctx, t)
		returns(t, t.Do(ctx, "GEORADIUS", g, 15, 37, 200, "km", "ASC"), any([]any{"Catania", "Palermo"}))
		returns(t, t.Do(ctx, "GEORADIUSBYMEMBER", g, "Palermo", 1, "km"), any([]any{"Palermo"}))
	})
}
