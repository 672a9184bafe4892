import Testing

@testable import CJCore

@Suite("Sparse matrices")
struct SparseMatrixTests {
    /// A positive definite matrix with so many random entries beside its diagonal.
    private func matrix(size: Int, entries count: Int, seed: UInt64) -> SparseSymmetricMatrix {
        var generator = SplitMix64(seed: seed)
        var columns = Array(repeating: Set<Int>(), count: size)
        for _ in 0..<(size > 1 ? count : 0) {
            let one = generator.below(size)
            let other = (one + 1 + generator.below(size - 1)) % size
            columns[min(one, other)].insert(max(one, other))
        }
        var starts: [Int32] = [0]
        for row in columns { starts.append((starts.last ?? 0) + Int32(row.count)) }
        let pattern = SparseSymmetricMatrix.Pattern(
            size: size, starts: starts, columns: columns.flatMap { $0.sorted().map { Int32($0) } })
        let entries = pattern.columns.map { _ in generator.unit() - 0.7 }
        var diagonal = Array(repeating: 0.5, count: size)
        for row in 0..<size {
            for place in Int(starts[row])..<Int(starts[row + 1]) {
                diagonal[row] += entries[place].magnitude
                diagonal[Int(pattern.columns[place])] += entries[place].magnitude
            }
        }
        return SparseSymmetricMatrix(pattern: pattern, diagonal: diagonal, entries: entries)
    }

    @Test(
        "The inverse times the matrix is the identity, whether there are rows to eliminate or not",
        arguments: [
            (1, 0), (2, 1), (5, 0), (7, 12), (8, 28), (9, 8), (20, 30), (33, 500), (60, 0), (75, 150), (150, 700), (400, 6_000),
        ])
    func inverse(size: Int, entries: Int) throws {
        let matrix = matrix(size: size, entries: entries, seed: UInt64(size))
        let order = EliminationOrder(matrix.pattern)
        #expect((order.steps.map(\.row) + order.rest).sorted() == Array(0..<size))
        let inverse = try #require(SparseInverse(matrix, order: order))
        for column in 0..<size {
            var image = matrix.image(of: (0..<size).map { inverse[$0, column] })
            image[column] -= 1
            #expect(image.allSatisfy { $0.magnitude < 1e-12 })
        }
    }

    @Test("Rows with few entries are eliminated, and what is left is dealt with in blocks of eight")
    func order() {
        let sparse = EliminationOrder(matrix(size: 200, entries: 400, seed: 1).pattern)
        #expect(sparse.steps.count > 100)
        #expect(sparse.rest.count.isMultiple(of: 8))
        let full = EliminationOrder(matrix(size: 30, entries: 4_000, seed: 1).pattern)
        #expect(full.steps.isEmpty)
    }

    @Test("What is not positive definite has no inverse, whether it shows in an eliminated row or in the rest")
    func indefinite() {
        for (size, row) in [(80, 0), (80, 40), (80, 79), (8, 0), (8, 7), (1, 0)] {
            var matrix = matrix(size: size, entries: 200, seed: 3)
            matrix.diagonal[row] = -1
            #expect(SparseInverse(matrix, order: EliminationOrder(matrix.pattern)) == nil)
        }
    }

    @Test("A system is solved, whether it has few rows or many", arguments: [(1, 0), (3, 3), (8, 28), (9, 20), (50, 120)])
    func solution(size: Int, entries: Int) {
        let matrix = matrix(size: size, entries: entries, seed: 8)
        var generator = SplitMix64(seed: 2)
        let vector = (0..<size).map { _ in generator.normal() }
        let solution = matrix.solve(vector, tolerance: 1e-12)
        let image = matrix.image(of: solution)
        #expect(zip(image, vector).allSatisfy { ($0 - $1).magnitude < 1e-10 })
    }

    @Test("Where only differences are known, a vector of differences is still found", arguments: [2, 5, 8, 12])
    func singular(size: Int) {
        // The Laplacian of a chain: rows sum to zero.
        let pattern = SparseSymmetricMatrix.Pattern(
            size: size, starts: (0...size).map { Int32(min($0, size - 1)) }, columns: (1..<size).map(Int32.init))
        let diagonal = (0..<size).map { $0 == 0 || $0 == size - 1 ? 1.0 : 2.0 }
        let chain = SparseSymmetricMatrix(
            pattern: pattern, diagonal: diagonal, entries: Array(repeating: -1, count: size - 1))
        var vector = Array(repeating: 0.0, count: size)
        (vector[0], vector[size - 1]) = (1, -1)
        let solution = chain.solve(vector, tolerance: 1e-12)
        let image = chain.image(of: solution)
        #expect(zip(image, vector).allSatisfy { ($0 - $1).magnitude < 1e-10 })
        #expect((solution[0] - solution[size - 1] - Double(size - 1)).magnitude < 1e-9)
    }

    @Test("The estimate of an inverse is exact for a star and close for a graph with many circles")
    func estimate() throws {
        var star = matrix(size: 6, entries: 0, seed: 1)
        star = SparseSymmetricMatrix(
            pattern: .init(size: 6, starts: [0, 5, 5, 5, 5, 5, 5], columns: [1, 2, 3, 4, 5]), diagonal: [4, 1, 1, 1, 1, 1],
            entries: [-0.5, -0.2, -0.4, 0.1, 0.3])
        let exact = try #require(SparseInverse(star, order: EliminationOrder(star.pattern)))
        #expect((EstimatedInverse(star).diagonal(0) - exact[0, 0]).magnitude < 0.01)
        let dense = matrix(size: 100, entries: 1_500, seed: 9)
        let inverse = try #require(SparseInverse(dense, order: EliminationOrder(dense.pattern)))
        let estimate = EstimatedInverse(dense)
        for row in 0..<100 { #expect((estimate.diagonal(row) / inverse[row, row] - 1).magnitude < 0.05) }
    }
}

extension SparseSymmetricMatrix {
    /// The image of a vector.
    fileprivate func image(of vector: [Double]) -> [Double] {
        var image = zip(diagonal, vector).map { $0 * $1 }
        for row in vector.indices {
            for place in Int(pattern.starts[row])..<Int(pattern.starts[row + 1]) {
                let column = Int(pattern.columns[place])
                image[row] += entries[place] * vector[column]
                image[column] += entries[place] * vector[row]
            }
        }
        return image
    }
}
