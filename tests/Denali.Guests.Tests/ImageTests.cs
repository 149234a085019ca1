// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A damaged image is refused, or it runs and ends like any hostile guest.</summary>
public sealed class ImageTests(ITestOutputHelper output)
{
    private const ulong LimitBytes = 8 << 20;
    private const int BatchSize = 16;

    private static readonly TimeSpan s_batchLimit = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData("empty", 0)]
    [InlineData("header only", 64)]
    [InlineData("without its end", -1000)]
    public void Parse_TruncatedImage_IsRefused(string what, int length)
    {
        byte[] file = GuestHost.ReadGuest("hello");

        byte[] cut = length >= 0 ? file[..length] : file[..0x1000];

        Assert.False(DenaliImage.TryParse(cut, out _, out ImageError error), what);
        Assert.NotEmpty(error.Message);
    }

    [Fact]
    public void Load_ImageForADeviceThatIsNotThere_IsRefused()
    {
        using var host = new GuestHost();

        var builder = new ElfBuilder();
        builder.Note = builder.Note with { RequiredFeatures = FeatureBits.Control };
        byte[] file = builder.Build();

        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out _));
        KernelException refusal = Assert.Throws<KernelException>(() => host.Kernel.Load(image!));
        Assert.Contains("Control", refusal.Message, StringComparison.Ordinal);
        host.AssertStillWorks();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Run_MutatedImages_AreRefusedOrEnd() => RunMutations(2_000);

    [Fact]
    [Trait("Speed", "Soak")]
    public void Run_MutatedImagesForLong_AreRefusedOrEnd() => RunMutations(50_000);

    private static string TryStart(GuestHost host, Batch batch, byte[] file)
    {
        if (!DenaliImage.TryParse(file, out DenaliImage? image, out _))
        {
            return "refused by the parser";
        }

        try
        {
            using LoadedImage loaded = host.Kernel.Load(image);
            batch.Add(host.Start(loaded, Math.Min(LimitBytes, loaded.Layout.MemoryBytes), int.MaxValue));
            return "ran";
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            return "refused by the kernel";
        }
    }

    private void RunMutations(int count)
    {
        byte[] original = GuestHost.ReadGuest("hello");
        using var host = new GuestHost();
        GuestMachine neighbour = host.Start("periodic", "1000000", $"{uint.MaxValue}");
        var ends = new Dictionary<string, int>();
        var batch = new Batch(host, s_batchLimit);

        for (int i = 0; i < count; i++)
        {
            var random = new Random(TestSettings.FirstSeed + i);
            string result = TryStart(host, batch, ImageMutator.Mutate(original, random));
            ends[result] = ends.GetValueOrDefault(result) + 1;
            if (batch.Count == BatchSize)
            {
                batch.Finish(ends);
            }
        }

        batch.Finish(ends);
        output.WriteLine($"{count} mutations from seed {TestSettings.FirstSeed}: {string.Join(", ", ends)}");
        Assert.True(ends.GetValueOrDefault("ran") > count / 20, "hardly any mutation was let in");
        Assert.False(neighbour.HasEnded);
        host.Kernel.RequestTermination(neighbour.Id);
        Assert.Equal(ExitCause.Terminated, neighbour.WaitForEnd().Cause);
        host.AssertStillWorks();
        Assert.Equal(0, host.Kernel.MachineCount);
    }
}
