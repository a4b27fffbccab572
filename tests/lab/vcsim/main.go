// vcsim: a launcher of the lab for govmomi's vSphere simulator (Debian ships the library without a command): a vCenter, or
// one ESXi host that ends with its shutdown.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/vmware/govmomi/simulator"
)

var (
	listen   = flag.String("l", "127.0.0.1:0", "address to listen on")
	esx      = flag.Bool("esx", false, "one ESXi host in place of a vCenter")
	user     = flag.String("username", "administrator@vsphere.local", "the one user")
	pass     = flag.String("password", "Secret1!", "its password")
	identity = flag.String("identity", "", "PEM file with certificate and key, made when missing; empty: a new one each start")
	hosts    = flag.Int("hosts", 1, "hosts of the vCenter's one cluster")
	vms      = flag.Int("vms", 2, "VMs of the one resource pool, spread over its hosts")
	delay    = flag.Int("delay", 0, "milliseconds that each method takes")
	guests   = flag.String("guests", "", "file that is made when missing; when there, VMs begin off, as after a host's boot; empty: on")
	power    = flag.Duration("hostpower", 300*time.Millisecond, "from a host's shutdown to its going")
)

func main() {
	flag.Parse()
	simulator.LabHostPower = *power
	model := simulator.VPX()
	if *esx {
		model = simulator.ESX()
		simulator.LabHostGone = func() { os.Exit(0) }
	} else {
		model.Host = 0
		model.ClusterHost = *hosts
	}
	model.Machine = *vms
	model.DelayConfig.Delay = *delay
	model.Autostart = firstBoot()
	check(model.Create())
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*user, *pass)}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{certificate()}}
	server := model.Service.NewServer()
	fmt.Printf("READY %s\n", server.URL.Host)
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
	server.Close()
}

func firstBoot() bool {
	if *guests == "" {
		return true
	}
	_, err := os.Stat(*guests)
	check(os.WriteFile(*guests, nil, 0o600))
	return err != nil
}

func certificate() tls.Certificate {
	if *identity != "" {
		if have, err := tls.LoadX509KeyPair(*identity, *identity); err == nil {
			return have
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	check(err)
	template := x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	check(err)
	secret, err := x509.MarshalECPrivateKey(key)
	check(err)
	both := append(
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret})...)
	if *identity != "" {
		check(os.WriteFile(*identity, both, 0o600))
	}
	pair, err := tls.X509KeyPair(both, both)
	check(err)
	return pair
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
