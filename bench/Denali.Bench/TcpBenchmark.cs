// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Bench;

/// <summary>
/// TCP between VMs, and between a VM and the kernel's host, beside Linux's own TCP over a veth pair.
/// </summary>
internal static class TcpBenchmark
{
    private const int RequestBytes = 64;
    private const string Peer = "Linux over a veth pair";

    // What the profile of bulk data counts in: the largest frame's worth.
    private const double UnitBytes = 65536;

    internal static void Run(BenchmarkContext context)
    {
        using var engine = new KvmEngine();
        using var kernel = new IsolationKernel(engine);
        using LoadedImage image = kernel.Load(BenchGuest.Parse("netperf"));
        using LinuxPeer? peer = LinuxPeer.TryCreate();
        using var network = new HostNetwork(kernel);
        using HostListener listener = network.Listen(NetperfPorts.Sink);
        _ = DropAllAsync(listener);
        using var server = new TextObserver();
        ulong serverId = Start(kernel, image, server, "server");
        server.WaitReady();
        IpAddress address = kernel.Switch.AddressOf(serverId);
        string machine = TextOf(address);
        string gateway = TextOf(kernel.Switch.Addressing.Ipv4Gateway);

        long bytes = context.IsQuick ? 200L << 20 : 1L << 30;
        int count = context.IsQuick ? 2_000 : 10_000;
        Func<double>? send = peer is null ? null : () => peer.Send(bytes);
        Func<double>? transact = peer is null ? null : () => peer.Transact(count, RequestBytes);
        var bulk = new TcpProfile(kernel, serverId);
        var outward = new TcpProfile(kernel, serverId);
        var transactions = new TcpProfile(kernel, serverId);
        Measure(context, "bulk, VM to VM", "Gb/s", 1.0, () => SendFrom(kernel, image, machine, bytes, bulk), send);
        Measure(
            context, "bulk, VM to host", "Gb/s", 0.7, () => SendFrom(kernel, image, gateway, bytes, outward), send);
        Measure(context, "bulk, host to VM", "Gb/s", 0.7, () => SendTo(network, address, bytes), send);
        Measure(
            context, "request and response, VM to VM", "1/s", 1.0,
            () => TransactFrom(kernel, image, machine, count, transactions), transact);
        Measure(
            context, "request and response, host to VM", "1/s", 0.7,
            () => TransactTo(network, address, count), transact);
        bulk.AddTo(context, "64 KiB, VM to VM");
        outward.AddClientTo(context, "64 KiB, VM to host");
        transactions.AddTo(context, "a transaction, VM to VM");
        kernel.Kill(serverId);
        server.WaitGone();
    }

    private static void Measure(
        BenchmarkContext context, string name, string unit, double aim, Func<double> ours, Func<double>? peer)
    {
        BenchmarkContext.Progress(name);
        int pairs = context.IsQuick ? 3 : 9;
        var values = new List<double>();
        var peerValues = new List<double>();
        for (int pair = -1; pair < pairs; pair++)
        {
            double peerValue = peer?.Invoke() ?? 0;
            double value = ours();
            if (pair >= 0)
            {
                values.Add(value);
                peerValues.Add(peerValue);
            }
        }

        string text = $"at least {aim.ToString("F1", CultureInfo.InvariantCulture)} times Linux";
        if (peer is null)
        {
            context.Add(name, values, unit);
        }
        else
        {
            context.Add(name, values, unit, Peer, peerValues, text, (_, ratio) => ratio >= aim);
        }
    }

    private static double SendFrom(
        IsolationKernel kernel, LoadedImage image, string to, long bytes, TcpProfile profile)
    {
        profile.Begin();
        ulong[] numbers =
            RunClient(kernel, image, out MachineExit exit, "send", to, bytes.ToString(CultureInfo.InvariantCulture));
        profile.End(exit, numbers[0], numbers[1] / UnitBytes);
        return numbers[1] * 8.0 / numbers[0];
    }

    private static double TransactFrom(
        IsolationKernel kernel, LoadedImage image, string to, int count, TcpProfile profile)
    {
        profile.Begin();
        ulong[] numbers = RunClient(
            kernel,
            image,
            out MachineExit exit,
            "transact",
            to,
            count.ToString(CultureInfo.InvariantCulture),
            RequestBytes.ToString(CultureInfo.InvariantCulture));
        profile.End(exit, numbers[0], numbers[2]);
        return numbers[2] * 1e9 / numbers[0];
    }

    private static double SendTo(HostNetwork network, IpAddress address, long bytes)
    {
        using HostStream stream = network.ConnectAsync(new IpEndpoint(address, NetperfPorts.Sink)).AsTask().Result;
        byte[] buffer = new byte[256 * 1024];
        long start = Stopwatch.GetTimestamp();
        for (long left = bytes; left > 0; left -= buffer.Length)
        {
            stream.Write(buffer, 0, (int)Math.Min(left, buffer.Length));
        }

        stream.ShutdownSend();
        _ = stream.Read(buffer, 0, buffer.Length);
        return bytes * 8.0 / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static double TransactTo(HostNetwork network, IpAddress address, int count)
    {
        using HostStream stream = network.ConnectAsync(new IpEndpoint(address, NetperfPorts.Echo)).AsTask().Result;
        byte[] buffer = new byte[RequestBytes];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            stream.Write(buffer, 0, buffer.Length);
            stream.ReadExactly(buffer);
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task DropAllAsync(HostListener listener)
    {
        byte[] buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                await using HostStream stream = await listener.AcceptAsync().ConfigureAwait(false);
                while (await stream.ReadAsync(buffer.AsMemory()).ConfigureAwait(false) > 0)
                {
                }
            }
        }
        catch (System.IO.IOException)
        {
            // The listener was closed: the benchmark is over.
        }
    }

    private static ulong[] RunClient(
        IsolationKernel kernel, LoadedImage image, out MachineExit exit, params string[] arguments)
    {
        using var observer = new TextObserver();
        _ = Start(kernel, image, observer, arguments);
        string output = observer.WaitEnded();
        exit = observer.WaitGone();
        return Array.ConvertAll(
            output.Trim().Split(' '), text => ulong.Parse(text, CultureInfo.InvariantCulture));
    }

    private static ulong Start(
        IsolationKernel kernel, LoadedImage image, TextObserver observer, params string[] arguments) =>
        kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = observer,
            Arguments = ["netperf", .. arguments],
            Network = new NetworkOptions(),
        });

    private static string TextOf(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        return Encoding.ASCII.GetString(text[..IpText.Format(address, text)]);
    }
}
