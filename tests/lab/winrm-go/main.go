// winrm-go HOST PORT USER PASSWORD: drives a WinRM service over HTTPS with masterzen/winrm, which is not ours, and prints
// what it saw as JSON.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/masterzen/winrm"
)

type outcome struct {
	Out, Err string
	Code     int
	Fault    string
}

func run(c *winrm.Client, line string) outcome {
	var out, err bytes.Buffer
	code, fault := c.Run(line, &out, &err)
	o := outcome{Out: out.String(), Err: err.String(), Code: code}
	if fault != nil {
		o.Fault = fault.Error()
	}
	if len(o.Out) > 1000 {
		o.Out = strconv.Itoa(len(o.Out))
	}
	return o
}

func client(password string) *winrm.Client {
	port, _ := strconv.Atoi(os.Args[2])
	at := winrm.NewEndpoint(os.Args[1], port, true, true, nil, nil, nil, 20*time.Second)
	parameters := winrm.NewParameters("PT1S", "en-US", 153600)
	c, fault := winrm.NewClientWithParameters(at, os.Args[3], password, parameters)
	if fault != nil {
		fmt.Fprintln(os.Stderr, fault)
		os.Exit(2)
	}
	return c
}

func main() {
	c := client(os.Args[4])
	seen := map[string]outcome{
		"both":           run(c, "echo hello; echo wrong >&2; exit 3"),
		"text":           run(c, "printf 'gr\u00fc\u00dfe <&>'"),
		"large":          run(c, "head -c 400000 /dev/zero | tr '\\0' x"),
		"late":           run(c, "sleep 2.4; echo late"),
		"powershell":     run(c, winrm.Powershell("echo")),
		"wrong password": run(client(os.Args[4]+"x"), "true"),
	}
	json.NewEncoder(os.Stdout).Encode(seen)
}
