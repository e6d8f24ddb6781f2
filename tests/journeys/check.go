// Check a live log with Go's own packages: a checkpoint, every leaf, a receipt's path, a pair's path.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type server struct{ base string }

func (s server) Height() int { return 8 }

func (s server) SaveTiles([]tlog.Tile, [][]byte) {}

func (s server) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		read = append(read, s.get("/tile/"+strings.TrimPrefix(tile.Path(), "tile/8/")))
	}
	return read, nil
}

func (s server) get(path string) []byte {
	answer, err := http.Get(s.base + path)
	must(err)
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		must(fmt.Errorf("%s: %s", path, answer.Status))
	}
	body, err := io.ReadAll(answer.Body)
	must(err)
	return body
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func open(text []byte, keys note.Verifiers) tlog.Tree {
	opened, err := note.Open(text, keys)
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

func hash(text string) tlog.Hash {
	decoded, err := base64.StdEncoding.DecodeString(text)
	must(err)
	var sum tlog.Hash
	copy(sum[:], decoded)
	return sum
}

func hashes(texts []string) []tlog.Hash {
	read := []tlog.Hash{}
	for _, text := range texts {
		read = append(read, hash(text))
	}
	return read
}

func leaf(s server, tree tlog.Tree, index int64) []byte {
	number, width := index/256, tree.N-index/256*256
	name := fmt.Sprintf("/tile/entries/%03d", number)
	if width < 256 {
		name += fmt.Sprintf(".p/%d", width)
	}
	bundle := s.get(name)
	for at := index % 256; at > 0; at-- {
		bundle = bundle[2+binary.BigEndian.Uint16(bundle):]
	}
	return bundle[2 : 2+binary.BigEndian.Uint16(bundle)]
}

func main() {
	key, err := note.NewVerifier(os.Args[2])
	must(err)
	keys, live := note.VerifierList(key), server{os.Args[1]}
	tree := open(live.get("/checkpoint"), keys)
	reader := tlog.TileHashReader(tree, live)
	for index := int64(0); index < tree.N; index++ {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf(live, tree, index))))
	}

	var receipt struct{ Proof string }
	must(json.Unmarshal([]byte(os.Args[3]), &receipt))
	head, signed, _ := strings.Cut(receipt.Proof, "\n\n")
	lines, covering := strings.Split(head, "\n"), open([]byte(signed), keys)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err)
	must(tlog.CheckRecord(hashes(lines[2:]), covering.N, covering.Hash, index, tlog.RecordHash(leaf(live, tree, index))))

	var pair struct {
		Old, New string
		Path     []string
	}
	must(json.Unmarshal([]byte(os.Args[4]), &pair))
	before, after := open([]byte(pair.Old), keys), open([]byte(pair.New), keys)
	must(tlog.CheckTree(hashes(pair.Path), after.N, after.Hash, before.N, before.Hash))
	fmt.Printf("%d leaves, position %d, from %d to %d\n", tree.N, index, before.N, after.N)
}
