// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>What an image tells about its code, read when first needed and kept as long as the image.</summary>
/// <remarks>Safe for use from many threads.</remarks>
public sealed class DebugInformation
{
    private static readonly ConditionalWeakTable<DenaliImage, DebugInformation> s_cache = [];

    private readonly DenaliImage _image;
    private LineTable? _lines;
    private FrameTable? _frames;
    private FrameTable? _debugFrames;

    private DebugInformation(DenaliImage image) => _image = image;

    /// <summary>The source lines.</summary>
    public LineTable Lines => LazyInitializer.EnsureInitialized(ref _lines, () => LineTable.Read(_image));

    /// <summary>Functions of .eh_frame.</summary>
    internal FrameTable Frames =>
        LazyInitializer.EnsureInitialized(ref _frames, () => FrameTable.Read(_image, isDebugFrame: false));

    /// <summary>Functions of .debug_frame.</summary>
    internal FrameTable DebugFrames =>
        LazyInitializer.EnsureInitialized(ref _debugFrames, () => FrameTable.Read(_image, isDebugFrame: true));

    /// <summary>The information about an image.</summary>
    /// <param name="image">A checked image.</param>
    /// <returns>Always the same object for the same image.</returns>
    public static DebugInformation Of(DenaliImage image) =>
        s_cache.GetValue(image, static key => new DebugInformation(key));
}
