package snapshot

import (
	"cmp"
	"slices"
)

// findings are the files in a store's folder. Others than its own are left alone.
type findings struct {
	generations []found  // the newest first
	temporary   []string // that were never completed
	aside       []string // that could not be read or restored
	greatest    int      // of the numbers of all of them
}

// found is a generation's file.
type found struct {
	number int
	name   string
}

func (f *FileStore) scan() (findings, error) {
	entries, err := f.disk.readDir(f.folder)
	if err != nil {
		return findings{}, err
	}
	var all findings
	for _, entry := range entries {
		number, suffix, ok := generationNumber(entry.Name())
		if !ok || entry.IsDir() {
			continue
		}
		all.greatest = max(all.greatest, number)
		switch suffix {
		case "":
			all.generations = append(all.generations, found{number, entry.Name()})
		case temporarySuffix:
			all.temporary = append(all.temporary, entry.Name())
		default:
			all.aside = append(all.aside, entry.Name())
		}
	}
	slices.SortStableFunc(all.generations, func(a, b found) int { return cmp.Compare(b.number, a.number) })
	return all, nil
}
