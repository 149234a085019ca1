// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Templates;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Machines;

/// <summary>The garbage collector sees the same few objects with ten VMs and with a million.</summary>
[Collection(AloneCollection.Name)]
public sealed class HeapTests
{
    private const int Few = 10;
    private const int Many = 1_000_000;

    // An object for each VM would be 24 bytes, and a reference 8. This is what the runtime does on its own.
    private const double NoiseBytesPerMachine = 1;

    [Fact]
    [Trait("Speed", "Slow")]
    public void Create_AMillionMachinesOfATemplate_AddNothingToTheHeap()
    {
        var observer = new CountingObserver();
        using (var kernel = new TestKernel())
        {
            using LoadedImage image = kernel.Load(slot => [slot.Terminate(0)]);
            using LoadedImage template = image.MakeBooted(
                image.Base, new TemplateFacts { HasNetwork = true, HasDisks = false, CapturedNs = 0 });
            var options = new MachineOptions
            {
                Image = template,
                Observer = observer,
                Network = new NetworkOptions(),
                StartsWhenNeeded = true,
            };
            Create(kernel.Kernel, options, Few);
            long few = GC.GetTotalMemory(forceFullCollection: true);

            Create(kernel.Kernel, options, Many - Few);

            long many = GC.GetTotalMemory(forceFullCollection: true);
            Assert.Equal(Many, kernel.Kernel.MachineCount);
            Assert.True(many - few < Many * NoiseBytesPerMachine, $"{many - few} bytes more with {Many} VMs");
        }

        Assert.Equal(Many, observer.EndedCount);
    }

    private static void Create(IsolationKernel kernel, MachineOptions options, int count)
    {
        for (; count > 0; count--)
        {
            _ = kernel.Create(options);
        }
    }

    // One that keeps nothing of each VM.
    private sealed class CountingObserver : IMachineObserver
    {
        private int _ended;

        internal int EndedCount => Volatile.Read(ref _ended);

        public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

        public void OnEnded(MachineExit exit) => Interlocked.Increment(ref _ended);
    }
}
