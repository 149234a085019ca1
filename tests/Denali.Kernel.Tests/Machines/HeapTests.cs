// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Templates;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Machines;

/// <summary>The garbage collector sees the same few objects with ten VMs and with any number of them.</summary>
[Collection(AloneCollection.Name)]
public sealed class HeapTests
{
    private const int Few = 10;
    private const int Many = 10_000;

    // What the runtime does on its own, spread over the VMs: less than the smallest object, or a reference for each.
    private const double NoiseBytesPerMachine = 4;

    [Fact]
    public void Create_ManyMachinesOfATemplate_AddNothingToTheHeap()
    {
        using var kernel = new TestKernel();
        using LoadedImage image = kernel.Load(slot => [slot.Terminate(0)]);
        using LoadedImage template = image.MakeBooted(
            image.Base, new TemplateFacts { HasNetwork = true, HasDisks = false, CapturedNs = 0 });
        var options = new MachineOptions
        {
            Image = template,
            Observer = kernel.Observer,
            Network = new NetworkOptions(),
            StartsWhenNeeded = true,
        };
        Create(Few);
        long few = GC.GetTotalMemory(forceFullCollection: true);

        Create(Many - Few);

        long many = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(Many, kernel.Kernel.MachineCount);
        Assert.True((many - few) / (double)Many < NoiseBytesPerMachine, $"{many - few} bytes more with {Many} VMs");
        GC.KeepAlive(options);

        void Create(int count)
        {
            for (; count > 0; count--)
            {
                _ = kernel.Kernel.Create(options);
            }
        }
    }
}
