package conformance

// SpecNames are the names of all specs, flush included, in their order.
func SpecNames() []string {
	s := &suite{settings: resolve(nil), add: func(string, ...any) {}}
	for _, f := range families(true) {
		s.family = f.name
		f.specs(s)
	}
	return s.names
}
