// A host of go-plugin that does what myshoes does with a shoes-provider plugin: starts the file, makes one call, ends it.
//
//	pluginhost FILE add NAME SCRIPT | pluginhost FILE delete CLOUD_ID
//
// Prints one line for the answer and one for how the plugin ended. Messages of whywaita.myshoes are written by hand, field
// by field, so that this host shares nothing with the plugin but the protocol.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
)

// raw carries bytes that are messages already.
type raw struct{}

func (raw) Name() string                      { return "proto" }
func (raw) Marshal(v any) ([]byte, error)     { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = append([]byte{}, data...); return nil }

type shoes struct{ plugin.NetRPCUnsupportedPlugin }

func (shoes) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return nil }
func (shoes) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, c *grpc.ClientConn) (any, error) {
	return c, nil
}

func text(to []byte, field protowire.Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(to, field, protowire.BytesType), value)
}

func fields(message []byte) map[protowire.Number]string {
	found := map[protowire.Number]string{}
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			break
		}
		message = message[n:]
		if kind == protowire.BytesType {
			value, m := protowire.ConsumeBytes(message)
			found[field] = string(value)
			n = m
		} else {
			n = protowire.ConsumeFieldValue(field, kind, message)
		}
		if n < 0 {
			break
		}
		message = message[n:]
	}
	return found
}

func fail(err error) {
	fmt.Println("failed:", err)
	os.Exit(1)
}

func main() {
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  1,
			MagicCookieKey:   "SHOES_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "are_you_a_shoes?",
		},
		Plugins:          map[string]plugin.Plugin{"shoes_grpc": shoes{}},
		Cmd:              exec.Command(os.Args[1]),
		Managed:          true,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr}),
	})
	protocol, err := client.Client()
	if err != nil {
		fail(err)
	}
	if err := protocol.Ping(); err != nil {
		fail(fmt.Errorf("health: %w", err))
	}
	dispensed, err := protocol.Dispense("shoes_grpc")
	if err != nil {
		fail(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var request, response []byte
	method := "/whywaita.myshoes.Shoes/AddInstance"
	if os.Args[2] == "add" {
		request = text(text(nil, 1, os.Args[3]), 2, os.Args[4])
		// resource_type = 3: Small.
		request = protowire.AppendVarint(protowire.AppendTag(request, 3, protowire.VarintType), 3)
		request = text(request, 4, "self-hosted")
	} else {
		method = "/whywaita.myshoes.Shoes/DeleteInstance"
		request = text(nil, 1, os.Args[3])
	}
	if err := dispensed.(*grpc.ClientConn).Invoke(ctx, method, &request, &response, grpc.ForceCodec(raw{})); err != nil {
		fmt.Println("refused:", err)
	} else {
		answer := fields(response)
		fmt.Printf("answered: cloud_id=%s shoes_type=%s ip_address=%s\n", answer[1], answer[2], answer[3])
	}
	begin := time.Now()
	client.Kill()
	fmt.Printf("ended: in order %v, after %d ms\n", time.Since(begin) < 2*time.Second, time.Since(begin).Milliseconds())
}
