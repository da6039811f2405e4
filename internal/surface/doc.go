// Package surface holds the list of every exported name, in testdata/surface.txt, so that a change of what users can call
// shows in review. Its test says how to accept one.
package surface
