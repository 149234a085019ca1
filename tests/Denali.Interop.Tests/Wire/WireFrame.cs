// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Denali.Interop.Tests.Wire;

/// <summary>A frame on its way.</summary>
/// <param name="Bytes">The frame.</param>
/// <param name="Offload">What travels beside it.</param>
/// <param name="IsToLinux">Whether it goes to Linux.</param>
internal readonly record struct WireFrame(byte[] Bytes, FrameOffload Offload, bool IsToLinux);
