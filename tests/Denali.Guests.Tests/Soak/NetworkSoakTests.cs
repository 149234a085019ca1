// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// The network under mixed traffic while VMs are killed: no byte is wrong, every talk ends, and nothing is left behind.
/// </summary>
/// <remarks>
/// <c>DENALI_SOAK_SECONDS</c> says how long, <c>DENALI_SEED</c> repeats the choices of a run; their timing is the
/// machine's.
/// </remarks>
public sealed class NetworkSoakTests(ITestOutputHelper output)
{
    private const int Epochs = 6;

    [Fact]
    [Trait("Speed", "Slow")]
    public void MixedTraffic_ForAShortWhile_IsWholeAndLeavesNothing() => Run(TimeSpan.FromSeconds(6), 2);

    [Fact]
    [Trait("Speed", "Soak")]
    public void MixedTraffic_ForLong_IsWholeAndLeavesNothing() => Run(TestSettings.SoakTime, Epochs);

    private void Run(TimeSpan time, int epochs)
    {
        using var host = new GuestHost();

        // Nobody waits for a VM that was killed for as long as TCP would.
        using var network = new HostNetwork(host.Kernel, new TcpSettings { GiveUpNs = 20_000_000_000 });
        using HostListener listener = network.Listen(HostTalk.EchoPort);
        using var outside = new OutsideEcho();
        using var uplink = new UserUplink(network, outside.Local);
        using var end = new CancellationTokenSource();
        Task serving = HostTalk.ServeAsync(listener, end.Token);

        // What the first epoch leaves behind is kept for use: slots, buffers, code that was compiled.
        Usage? warm = null;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            int seed = TestSettings.FirstSeed + epoch;
            var traffic = new MixedTraffic(host, network, seed);
            try
            {
                traffic.Run(time / epochs);
            }
            finally
            {
                output.WriteLine($"seed {seed}: {traffic.Summary}");
            }

            Assert.Equal(0, host.Kernel.MachineCount);
            Assert.Equal(0, host.Kernel.Switch.BuffersInUse);
            Usage now = Usage.Now();
            output.WriteLine(
                $"{now.ResidentBytes >> 20} MiB, {GC.GetTotalMemory(false) >> 20} of them managed, "
                + $"{now.OpenFiles} files, {now.Regions} regions; of the host {network.Stack.Tcp.ConnectionCount} "
                + $"connections, {network.Stack.Tcp.TimeWaitCount} in TIME-WAIT");
            warm ??= now;
            now.AssertNotAbove(warm);
        }

        end.Cancel();
        serving.GetAwaiter().GetResult();
        host.AssertStillWorks();
    }
}
