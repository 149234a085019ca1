// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>
/// The way out by the host's sockets, in a network of the test's own: its loopback interface has addresses that are
/// outside for a VM. The guest "dialer" connects, as it is told over a published port.
/// </summary>
public sealed class OutboundTests
{
    private const int ControlPort = 19009;
    private const string Ipv4 = "198.51.100.1";
    private const string Ipv6 = "2001:db8::1";
    private const string Metadata = "169.254.169.254";
    private const string Nowhere = "203.0.113.1";
    private const string Refused = "111";
    private const string TimedOut = "110";
    private const string NoAnswer = "11";
    private const int LimitMs = 40_000;

    public OutboundTests() => Denali.NeedsKvm();

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Connection_BulkBothWays_BringsEveryByteThenEnds(string address) => Run(() =>
    {
        using Socket listener = Listen(address);
        using Socket client = Dial(listener);
        using Socket server = Accept(listener);
        byte[] up = RandomBytes(3_000_000, 1);
        byte[] down = RandomBytes(3_000_000, 2);

        Task sendUp = Task.Run(() => client.Send(up));
        Task sendDown = Task.Run(() => server.Send(down));
        Task<byte[]> receiveDown = Task.Run(() => Receive(client, down.Length));
        Assert.True(up.AsSpan().SequenceEqual(Receive(server, up.Length)), "the bytes that went out differ");
        Assert.True(down.AsSpan().SequenceEqual(receiveDown.Result), "the bytes that came in differ");
        Task.WaitAll([sendUp, sendDown], LimitMs);

        // Half-close: the other direction goes on.
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, server.Receive(new byte[1]));
        server.Send(up);
        server.Shutdown(SocketShutdown.Send);
        Assert.True(up.AsSpan().SequenceEqual(Receive(client, up.Length)), "the bytes after the half-close differ");
        Assert.Equal(0, client.Receive(new byte[1]));
    });

    [Fact]
    public void Connection_ServerResets_TheMachineIsReset() => Run(() =>
    {
        using Socket listener = Listen(Ipv4);
        using Socket client = Dial(listener);
        using (Socket server = Accept(listener))
        {
            server.Send("x"u8);
            Assert.Equal(1, client.Receive(new byte[1]));
            server.LingerState = new LingerOption(enable: true, 0);
        }

        Assert.Equal(
            SocketError.ConnectionReset,
            Assert.Throws<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode);
    });

    [Fact]
    public void Connection_MachineResets_TheServerIsReset() => Run(() =>
    {
        using Socket listener = Listen(Ipv4);
        Socket client = Dial(listener);
        using Socket server = Accept(listener);
        client.Send("x"u8);
        Assert.Equal(1, server.Receive(new byte[1]));
        client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();

        Assert.Equal(
            SocketError.ConnectionReset,
            Assert.Throws<SocketException>(() => server.Receive(new byte[1])).SocketErrorCode);
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Connection_ServerDoesNotRead_TheSenderStopsAndNothingIsLost() => Run(() =>
    {
        const int Most = 64 << 20;
        using Socket listener = Listen(Ipv4);
        using Socket client = Dial(listener);
        using Socket server = Accept(listener);
        byte[] piece = RandomBytes(1 << 20, 3);
        client.Blocking = false;
        int sent = 0;
        while (sent < Most && client.Poll(TimeSpan.FromSeconds(3), SelectMode.SelectWrite))
        {
            sent += client.Send(piece.AsSpan(sent % piece.Length), SocketFlags.None);
        }

        Assert.InRange(sent, 1, Most - 1);
        client.Blocking = true;
        client.Shutdown(SocketShutdown.Send);
        byte[] received = Receive(server, sent);
        for (int at = 0; at < sent; at++)
        {
            if (received[at] != piece[at % piece.Length])
            {
                Assert.Fail($"byte {at} of {sent} differs");
            }
        }

        Assert.Equal(0, server.Receive(new byte[1]));
    });

    [Fact]
    public void Connection_ToNobody_IsRefused() => Run(() =>
    {
        using Socket metadata = Listen(Metadata);
        using Socket closed = Listen(Ipv4);
        int port = PortOf(closed);
        closed.Dispose();

        Assert.Equal(Refused, Ask($"tcp {Ipv4} {port}"));
        Assert.Equal(Refused, Ask($"tcp {Nowhere} 80"));
        Assert.Equal(Refused, Ask($"tcp {Metadata} {PortOf(metadata)}"));
        Assert.False(metadata.Poll(0, SelectMode.SelectRead), "the machine reached a link-local address");
    });

    [Fact]
    public void Connections_Many_AreLimitedAndGivenBack() => Run(() =>
    {
        const int Limit = 256;
        using Socket listener = Listen(Ipv4);
        using var ending = new CancellationTokenSource();
        Task accepting = AcceptAllAsync(listener, ending.Token);
        using (Socket control = Order($"many {Ipv4} {PortOf(listener)} {Limit + 10}", out string count))
        {
            Assert.Equal(Limit.ToString(CultureInfo.InvariantCulture), count);
            Assert.Equal(Refused, Ask($"tcp {Ipv4} {PortOf(listener)}"));
        }

        Assert.True(
            SpinWait.SpinUntil(() => Ask($"tcp {Ipv4} {PortOf(listener)}") == "ok", LimitMs), "nothing is given back");
        ending.Cancel();
        Assert.True(accepting.Wait(LimitMs));
    });

    [Theory]
    [InlineData(150)]
    [InlineData(260)]
    public void Descriptors_UsedUpByAMachine_LeaveTheProcessWhatItNeeds(int limit) => RunLine(
        () =>
        {
            using Socket listener = Listen(Ipv4);
            using var ending = new CancellationTokenSource();
            Task accepting = AcceptAllAsync(listener, ending.Token);
            using (Socket control = Order($"many {Ipv4} {PortOf(listener)} {limit}", out string count))
            {
                Assert.InRange(int.Parse(count, CultureInfo.InvariantCulture), 1, limit - 1);

                // New visitors are refused, not forgotten.
                using var visitor = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                visitor.ReceiveTimeout = LimitMs;
                visitor.Connect(IPAddress.Loopback, ControlPort);
                SocketException end = Assert.Throws<SocketException>(() => visitor.Receive(new byte[1]));
                Assert.Equal(SocketError.ConnectionReset, end.SocketErrorCode);
            }

            Assert.True(SpinWait.SpinUntil(() => CanAsk(listener), LimitMs), "nothing is given back");
            ending.Cancel();
            Assert.True(accepting.Wait(LimitMs));
        },
        $"ulimit -n {limit}; exec \"$denali\" run dialer -p 127.0.0.1:{ControlPort}:9 --outbound");

    [Theory]
    [InlineData(Ipv4, 0)]
    [InlineData(Ipv4, 1_400)]
    [InlineData(Ipv4, 60_000)]
    [InlineData(Ipv6, 1)]
    [InlineData(Ipv6, 60_000)]
    public void Datagram_ToAnEcho_ComesBack(string address, int bytes) => Run(() =>
    {
        IPAddress local = IPAddress.Parse(address);
        using var echo = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        echo.ReceiveTimeout = LimitMs;
        echo.Bind(new IPEndPoint(local, 0));
        Task answering = Task.Run(() =>
        {
            byte[] buffer = new byte[65536];
            EndPoint peer = new IPEndPoint(local, 0);
            int length = echo.ReceiveFrom(buffer, ref peer);
            echo.SendTo(buffer, length, SocketFlags.None, peer);
        });

        // Of a datagram in pieces only the newest would wait for the gateway's address.
        Assert.Equal("ok", Ask($"ping {address}"));
        Assert.Equal("ok", Ask($"udp {address} {((IPEndPoint)echo.LocalEndPoint!).Port} {bytes}"));
        Assert.True(answering.Wait(LimitMs));
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Ping_OfOutside_AnswersIfSomebodyIsThere() => Run(() =>
    {
        Assert.Equal("ok", Ask($"ping {Ipv4}"));
        Assert.Equal("ok", Ask($"ping {Ipv6}"));
        Assert.Equal(TimedOut, Ask($"ping {Nowhere}"));
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Outside_WithoutTheOption_CannotBeReached() => Run(
        () =>
        {
            using Socket listener = Listen(Ipv4);
            Assert.NotEqual("ok", Ask($"tcp {Ipv4} {PortOf(listener)}"));
            Assert.Equal(NoAnswer, Ask($"udp {Ipv4} {PortOf(listener)} 10"));
            Assert.Equal(TimedOut, Ask($"ping {Ipv4}"));
            Assert.False(listener.Poll(0, SelectMode.SelectRead), "the machine went out");
        },
        options: []);

    private static void Run(Action test) => Run(test, "--outbound");

    private static void Run(Action test, params string[] options) => RunLine(
        test, $"exec \"$denali\" run dialer -p 127.0.0.1:{ControlPort}:9 {string.Join(' ', options)}");

    private static void RunLine(Action test, string line) => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Configure("link set lo up");
        PrivateNetwork.Configure($"addr add {Ipv4}/32 dev lo");
        PrivateNetwork.Configure($"addr add {Metadata}/32 dev lo");
        PrivateNetwork.Configure($"-6 addr add {Ipv6}/128 dev lo nodad");
        using Denali command = Denali.StartShell(line);
        command.WaitForOutput("dialer: ready\n");
        test();
        command.Signal("TERM");
        Assert.Equal("", command.WaitForEnd().Errors);
    });

    private static Socket Listen(string address)
    {
        IPAddress local = IPAddress.Parse(address);
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(local, 0));
        listener.Listen(1024);
        return listener;
    }

    private static int PortOf(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static Socket Accept(Socket listener)
    {
        Assert.True(listener.Poll(TimeSpan.FromMilliseconds(LimitMs), SelectMode.SelectRead), "nobody connects");
        Socket server = listener.Accept();
        server.ReceiveTimeout = LimitMs;
        server.SendTimeout = LimitMs;
        return server;
    }

    private static async Task AcceptAllAsync(Socket listener, CancellationToken ending)
    {
        try
        {
            while (true)
            {
                Socket server = await listener.AcceptAsync(ending);
                _ = HoldAsync(server, ending);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task HoldAsync(Socket server, CancellationToken ending)
    {
        try
        {
            while (await server.ReceiveAsync(new byte[1], ending) > 0)
            {
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // It was reset, or the test is over.
        }

        server.Dispose();
    }

    private static Socket Dial(Socket listener)
    {
        var remote = (IPEndPoint)listener.LocalEndPoint!;
        Socket control = Order($"tcp {remote.Address} {remote.Port}", out string answer);
        Assert.Equal("ok", answer);
        return control;
    }

    private static bool CanAsk(Socket listener)
    {
        try
        {
            return Ask($"tcp {Ipv4} {PortOf(listener)}") == "ok";
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Ask(string order)
    {
        Order(order, out string answer).Dispose();
        return answer;
    }

    private static Socket Order(string order, out string answer)
    {
        var control = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            ReceiveTimeout = LimitMs,
            SendTimeout = LimitMs,
        };
        control.Connect(IPAddress.Loopback, ControlPort);
        control.Send(Encoding.ASCII.GetBytes(order + "\n"));
        var line = new StringBuilder();
        byte[] letter = new byte[1];
        while (control.Receive(letter) == 1 && letter[0] != '\n')
        {
            line.Append((char)letter[0]);
        }

        answer = line.ToString();
        return control;
    }

    private static byte[] Receive(Socket socket, int count)
    {
        byte[] bytes = new byte[count];
        int length;
        for (int at = 0; at < count; at += length)
        {
            length = socket.Receive(bytes.AsSpan(at));
            Assert.True(length > 0, $"the stream ended after {at} of {count} bytes");
        }

        return bytes;
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
